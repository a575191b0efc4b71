// The build puts these files into the page as texts.
declare module '*.conf' {
  const text: string;
  export default text;
}
declare module '*.log' {
  const text: string;
  export default text;
}
declare module '*.json' {
  const text: string;
  export default text;
}
declare module '*.yml' {
  const text: string;
  export default text;
}
declare module '*.prom' {
  const text: string;
  export default text;
}
