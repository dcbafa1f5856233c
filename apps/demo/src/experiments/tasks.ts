// The tasks by name.

import { dateTask } from './dateTask.ts';
import { reverseTask } from './reverseTask.ts';
import type { Task } from './task.ts';

/** The tasks by name. */
export const tasks: { readonly [Name in Task['name']]: Task } = { reverse: reverseTask, dates: dateTask };
