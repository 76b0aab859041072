import type { Fault } from './messages.ts';

/** Does what a test of the replacement of workers asks for. */
export function applyFault({ kind }: Fault): void {
  switch (kind) {
    case 'throw':
      throw new Error('a fault on purpose');
    case 'exit':
      process.exit(1); // in a worker this ends the thread alone
      break;
    case 'hang':
      for (;;);
  }
}
