/**
 * The explaining thread: reads a context as it was written and says why an address has the one it has. Tables of flows
 * do not know that any more.
 *
 *     main ── request ──▶ explain     read files -> draft -> candidates
 *          ◀── answer ──
 */
import { parentPort } from 'node:worker_threads';
import { answerQuestion } from '../context/explain-question.ts';
import type { ContextAnswer } from '../context/explain-question.ts';
import { readContextFiles } from '../context/read-files.ts';
import type { ExplainRequest } from './messages.ts';
import { beNice } from './nice.ts';

/** What is wrong with files is known to the context, and told beside the answer. */
function explain({ files, others, question }: ExplainRequest): ContextAnswer {
  return answerQuestion(readContextFiles(files, others).draft, question);
}

beNice();
parentPort!.on('message', (request: ExplainRequest) => parentPort!.postMessage(explain(request)));
