// How the script is linted: eslint's recommended rules, and a few more that
// keep foreign text from becoming code or markup.
import js from "@eslint/js";

const markup = "foreign text must not become markup";
const browser = Object.fromEntries([
  "AbortSignal", "CustomEvent", "Document", "EventSource", "HTMLElement", "URL", "addEventListener", "clearInterval",
  "clearTimeout", "customElements", "document", "fetch", "getComputedStyle", "getSelection", "location", "navigator",
  "origin", "performance", "sessionStorage", "setInterval", "setTimeout",
].map((name) => [name, "readonly"]));

export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-control-regex": "off", // the escape sequences of terminals begin with one
      "no-empty": ["error", { allowEmptyCatch: true }],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-var": "error",
      "prefer-const": "error",
      "eqeqeq": "error",
      "no-restricted-globals": ["error", "localStorage", "console", "alert"],
      "no-restricted-properties": ["error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc", "setHTMLUnsafe", "write"]
          .map((property) => ({ property, message: markup }))],
    },
  },
];
