// pb/flow.proto and pb/flowext.proto: the schemas of the flow message.
import { renderExtendedProtoSchema, renderProtoSchema } from '../../dist/format/proto-schema.js';

export const pages = [
  { file: 'pb/flow.proto', render: renderProtoSchema },
  { file: 'pb/flowext.proto', render: renderExtendedProtoSchema },
];
