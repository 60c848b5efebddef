import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

interface Browser {
  name: string;
  apps: string[];
}

// A variable, because TypeScript knows nothing of the scripts.
const SCRIPT = join(import.meta.dirname, "../../scripts/find-programs.mjs");

describe("the tests find a browser", async () => {
  const { BROWSERS, findBrowser } = (await import(SCRIPT)) as {
    BROWSERS: Browser[];
    findBrowser(browser: Browser): string | undefined;
  };
  const chromium = { ...BROWSERS.find(({ name }) => name === "Chromium"), apps: [] } as unknown as Browser;
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "clayground-browsers-"));
    vi.stubEnv("HOME", home);
    vi.stubEnv("PATH", join(home, "bin"));
    vi.stubEnv("CLAYGROUND_CHROMIUM", undefined);
    vi.stubEnv("PLAYWRIGHT_BROWSERS_PATH", undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true });
  });

  test("that the environment variable names, before any other", () => {
    program("bin/chromium");
    vi.stubEnv("CLAYGROUND_CHROMIUM", program("own/chrome"));
    expect(findBrowser(chromium)).toBe(join(home, "own/chrome"));
  });

  test("but not where the environment variable names none", () => {
    program("bin/chromium");
    vi.stubEnv("CLAYGROUND_CHROMIUM", join(home, "nowhere"));
    expect(() => findBrowser(chromium)).toThrow("nowhere is no program");
  });

  test("on the PATH, by any of its names", () => {
    program("bin/google-chrome");
    expect(findBrowser(chromium)).toBe(join(home, "bin/google-chrome"));
  });

  test("among Playwright's downloads, the newest", () => {
    program(".cache/ms-playwright/chromium-999/chrome-linux/chrome");
    program(".cache/ms-playwright/chromium-1200/chrome-linux/chrome");
    expect(findBrowser(chromium)).toBe(join(home, ".cache/ms-playwright/chromium-1200/chrome-linux/chrome"));
  });

  test("or none", () => {
    expect(findBrowser(chromium)).toBeUndefined();
  });

  function program(path: string): string {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
    chmodSync(file, 0o755);
    return file;
  }
});
