//! What the code generator calls by name, mapped to the SVM's system calls: the linker knows none of these itself.

use core::panic::PanicInfo;
use pinocchio::syscalls::{abort, sol_memcmp_, sol_memcpy_, sol_memmove_, sol_memset_};

/// Asked for by the compiler; with `panic=immediate-abort` nothing calls it.
#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    // SAFETY: a system call without arguments.
    unsafe { abort() }
}

/// A panic (`panic=immediate-abort`) ends here; the runtime reports `ProgramFailedToComplete`.
#[unsafe(no_mangle)]
unsafe extern "C" fn __bpf_trap() -> ! {
    // SAFETY: a system call without arguments.
    unsafe { abort() }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    // SAFETY: the caller's contract is the system call's; the SVM checks both ranges.
    unsafe { sol_memcpy_(to, from, len as u64) };
    to
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    // SAFETY: as for memcpy.
    unsafe { sol_memmove_(to, from, len as u64) };
    to
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: i32, len: usize) -> *mut u8 {
    // SAFETY: as for memcpy.
    unsafe { sol_memset_(to, byte as u8, len as u64) };
    to
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, len: usize) -> i32 {
    let mut result = 0;
    // SAFETY: as for memcpy; `result` is this frame's.
    unsafe { sol_memcmp_(a, b, len as u64, &mut result) };
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, len: usize) -> i32 {
    // SAFETY: as for memcmp.
    unsafe { memcmp(a, b, len) }
}
