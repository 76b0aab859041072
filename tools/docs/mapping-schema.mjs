// docs/mapping.schema.json: the form of mapping files, for editors.
import { format } from 'prettier';
import { renderMappingSchema } from '../../dist/mapping/schema.js';

const render = () => format(renderMappingSchema(), { parser: 'json', printWidth: 120 });

export const pages = [{ file: 'docs/mapping.schema.json', render }];
