// Each rule that is off or loosened is explained in README.md.
/** @type {import('html-validate').ConfigData} */
export default {
  root: true,
  extends: ['html-validate:recommended'],
  rules: {
    'doctype-style': ['error', { style: 'lowercase' }],
    'valid-id': ['error', { relaxed: true }],
    'long-title': 'off',
    'attribute-boolean-style': 'off',
  },
};
