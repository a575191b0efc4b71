// The texts of the lints: an answer that is always the same, so it is no part of a module.

/** What answers the question for them. */
export const answering = (answer) => ({
  call(_, request) {
    const [unknown] = Object.keys(JSON.parse(request));
    if (unknown === undefined) return answer;
    throw JSON.stringify({ kind: 'invalid-request', message: `unknown field \`${unknown}\`, there are no fields` });
  },
});
