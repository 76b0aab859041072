// pb/flow.proto: the schema of the flow message.
import { renderProtoSchema } from '../../dist/format/proto-schema.js';

export const pages = [{ file: 'pb/flow.proto', render: renderProtoSchema }];
