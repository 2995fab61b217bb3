/** A row of the tables of refusals; where kinds of resources have codes of their own, the code is a function. */
export function row<Details>(
  code: string | ((details: Details) => string),
  message: (details: Details) => string,
  status = 400,
) {
  return { code, message, status };
}
