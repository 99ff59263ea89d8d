import { moneyStories } from '../simulation/crash-money-stories.ts';
import { matchStories } from '../simulation/crash-stories.ts';
import { everyCrashPointOf } from './crash-points.ts';

everyCrashPointOf([...matchStories.slice(4), ...moneyStories]);
