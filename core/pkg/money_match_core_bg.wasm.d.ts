/** The compiled module: what workerd makes of the static import. */
declare const module: object;
export default module;
