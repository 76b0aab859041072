export { batchOf, messagesOf } from '#src/testing/batches.js';
