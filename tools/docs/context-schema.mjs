// docs/context.schema.json: the form of context files, for editors.
import { format } from 'prettier';
import { renderContextSchema } from '../../dist/enrich/context/schema.js';

const render = () => format(renderContextSchema(), { parser: 'json', printWidth: 120 });

export const pages = [{ file: 'docs/context.schema.json', render }];
