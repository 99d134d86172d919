// Reads posts, a JSON list of [reader, text], and prints what the readers make of them,
// a JSON list of strings; one that cannot be read is null.
import {json} from 'node:stream/consumers';
import {evaluate} from '@mdx-js/mdx';
import {Liquid} from 'liquidjs';
import markdownIt from 'markdown-it';
import nunjucks from 'nunjucks';
import {createElement} from 'react';
import {renderToStaticMarkup} from 'react-dom/server';
import * as runtime from 'react/jsx-runtime';
import remarkGfm from 'remark-gfm';

const Markdown = markdownIt; // a function that may be called with new
const markdown = new Markdown({html: true, typographer: true, linkify: true});
const environment = new nunjucks.Environment(null, {autoescape: false});
const liquid = new Liquid();

const readers = {
  async mdx(text) {
    const {default: Content} = await evaluate(text, {...runtime, remarkPlugins: [remarkGfm]});
    return renderToStaticMarkup(createElement(Content));
  },
  nunjucks: (text) => markdown.render(environment.renderString(text, {})),
  liquidjs: (text) => markdown.render(liquid.parseAndRenderSync(text)),
};

const answers = [];
for (const [reader, text] of await json(process.stdin)) {
  try {
    answers.push(await readers[reader](text));
  } catch (error) {
    if (process.env.SAY_WHY) console.error(reader, error.message, text);
    answers.push(null);
  }
}
process.stdout.write(JSON.stringify(answers));
