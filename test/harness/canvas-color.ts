import type { Page } from "puppeteer-core";

/** Where something is on the screen of a tab, in pixels of its canvas. */
export interface Place {
  x: number;
  y: number;
}

type Color = readonly [red: number, green: number, blue: number];

/**
 * Waits until the page's canvas shows a body of exactly this color, `further` pixels away from a former place when
 * one is given; resolves with its middle. That is what a player sees, and no game needs a window for tests.
 */
export async function seeColor(
  page: Page,
  color: Color,
  from: Place | null = null,
  further: number = 0,
): Promise<Place> {
  // A browser draws only the tab in front.
  await page.bringToFront();
  const found = await page.waitForFunction(findColor, { polling: 50 }, color, from, further);
  return (await found.jsonValue())!;
}

/** Runs in the page. */
function findColor(color: Color, from: Place | null, further: number): Place | null {
  const canvas = document.querySelector("canvas")!;
  const { data, width } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
  let [x, y, count] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] !== color[0] || data[i + 1] !== color[1] || data[i + 2] !== color[2]) continue;
    x += (i / 4) % width;
    y += Math.floor(i / 4 / width);
    count += 1;
  }
  const place = { x: x / count, y: y / count };
  const isThere = count > 200 && (from === null || Math.hypot(place.x - from.x, place.y - from.y) >= further);
  return isThere ? place : null;
}
