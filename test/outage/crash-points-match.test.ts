import { matchStories } from '../simulation/crash-stories.ts';
import { everyCrashPointOf } from './crash-points.ts';

everyCrashPointOf(matchStories.slice(0, 4));
