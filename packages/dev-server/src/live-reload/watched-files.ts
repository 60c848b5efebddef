import { relative, sep } from "node:path";

/** What a page may be made of. Other files (logs, databases, archives) come and go without any page noticing. */
const EXTENSIONS: ReadonlySet<string> = new Set(
  `html htm xhtml css js mjs cjs ts mts jsx tsx json json5 webmanifest wasm qml qsb
  svg png apng jpg jpeg gif webp avif bmp ico cur
  mp3 ogg oga opus wav m4a aac flac weba mp4 webm ogv mid midi
  woff woff2 ttf otf
  glsl vert frag comp geom tesc tese vs fs hlsl wgsl
  gltf glb bin obj mtl fbx dae stl ply mesh ktx ktx2 basis dds hdr exr
  atlas fnt tmx tsj tmj ldtk txt md csv tsv xml yaml yml toml`.split(/\s+/),
);
/** Names that matter without an extension. */
const NAMES: ReadonlySet<string> = new Set(["qmldir"]);

/**
 * What editors and browsers write while they save: backups (`a.js~`), swap files (`a.swp`), Vim's test whether it may
 * write (`4913`), Emacs' autosave and lock (`#a.js#`, `.#a.js`), JetBrains' safe write, half downloads.
 */
const TEMPORARY = /~$|\.sw[a-z]$|^4913$|^#.*#$|\.te?mp$|\.tmp[.-]|___jb_(?:tmp|old)___$|\.bak$|\.(?:crdownload|part)$/i;

/** Whether a folder or file of this name is never looked at, nor anything below it. */
export function isHiddenName(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

/** Whether a change of this file can matter to a page. `path` is relative to the project, in `/` form. */
export function isWatchedFile(path: string): boolean {
  const names = path.split("/");
  const name = names.at(-1) ?? "";
  if (names.some(isHiddenName) || TEMPORARY.test(name)) return false;
  const dot = name.lastIndexOf(".");
  return NAMES.has(name) || (dot > 0 && EXTENSIONS.has(name.slice(dot + 1).toLowerCase()));
}

/** The path of a file from the project's folder on, in `/` form; empty for the folder itself. */
export function projectPath(root: string, file: string): string {
  const path = relative(root, file);
  return sep === "/" ? path : path.split(sep).join("/");
}
