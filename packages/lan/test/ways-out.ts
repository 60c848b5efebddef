import { join } from "node:path";
import type { Project } from "./project.ts";

/** What stands in every file that nobody may see. */
export const SECRET = "the secret";

/** Writes a small game, and around it what nobody may see. */
export function fillWithTraps(project: Project): void {
  project.write("index.html", "<p>start page");
  project.write("folder/index.html", "<p>folder");
  project.write("a\r\nset-cookie: stolen=1/index.html", "<p>odd folder");
  project.write(".env", SECRET);
  project.write(".git/config", SECRET);
  project.write("../secret.txt", SECRET);
  project.write("../game-secret/file.txt", SECRET);
  project.link("out.txt", "../secret.txt");
  project.link("out", "..");
  project.link("absolute.txt", join(project.root, "../secret.txt"));
  project.link("hidden.txt", ".git/config");
}

/** Targets of requests that try to get at it, each with its trick. */
export const WAYS_OUT: readonly (readonly [trick: string, target: string])[] = [
  ["dots", "/../secret.txt"],
  ["an encoded slash", "/..%2fsecret.txt"],
  ["encoded dots", "/%2e%2e/secret.txt"],
  ["everything encoded", "/%2E%2E%2Fsecret.txt"],
  ["half encoded dots", "/.%2e/secret.txt"],
  ["double encoding", "/%252e%252e%252fsecret.txt"],
  ["triple encoding", "/%25252e%25252e%25252fsecret.txt"],
  ["a backslash", "/..\\secret.txt"],
  ["an encoded backslash", "/..%5csecret.txt"],
  ["overlong UTF-8 dots", "/%c0%ae%c0%ae/secret.txt"],
  ["an overlong UTF-8 slash", "/..%c0%afsecret.txt"],
  ["UTF-16 in the style of IIS", "/%u002e%u002e/secret.txt"],
  ["full-width dots", "/%ef%bc%8e%ef%bc%8e/secret.txt"],
  ["removed dots", "/....//secret.txt"],
  ["a parameter behind dots", "/..;/secret.txt"],
  ["a parameter in the path", "/folder;/../../secret.txt"],
  ["a folder first", "/folder/../../secret.txt"],
  ["a sibling with the same start", "/../game-secret/file.txt"],
  ["a host in the path", "//etc/passwd"],
  ["an absolute path", "/%2fetc%2fpasswd"],
  ["a file URL in the path", "/file:///etc/passwd"],
  ["a NUL byte", "/secret.txt%00.html"],
  ["a NUL byte behind dots", "/..%00/secret.txt"],
  ["a link to a file outside", "/out.txt"],
  ["a link to a folder outside", "/out/secret.txt"],
  ["an absolute link", "/absolute.txt"],
  ["a link to a hidden file", "/hidden.txt"],
  ["a hidden file", "/.env"],
  ["a hidden folder", "/%2egit/config"],
  ["a drive of Windows", "/c:/windows/win.ini"],
  ["an encoded drive", "/c%3a%5cwindows%5cwin.ini"],
  ["a stream of NTFS", "/index.html::$DATA"],
  ["a device of Windows", "/con"],
  ["a short name of Windows", "/GIT~1/config"],
  ["the process's own files", "/proc/self/environ"],
  ["a wrong escape", "/%"],
  ["another wrong escape", "/%zz"],
  ["bytes that are no UTF-8", "/%ff"],
  ["8,000 dots", `/${"../".repeat(2600)}secret.txt`],
  ["a query that looks like a path", "/nothing?/../secret.txt"],
];
