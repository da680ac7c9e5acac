// A short burst of paper and coffee beans, drawn once and gone.

import { calm } from "./motion";

const COLOURS = ["#e9b44c", "#c4572e", "#4f8a5b", "#f3d9a4", "#7a4a2b", "#5b93ad"];
const PIECES = 130;
const LIFE_MS = 2400;
const GRAVITY = 0.0011;

interface Piece {
  x: number;
  y: number;
  dx: number;
  dy: number;
  turn: number;
  spin: number;
  size: number;
  colour: string;
  bean: boolean;
}

export function burst(): void {
  if (calm()) return;
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  if (!pen) return;
  canvas.className = "confetti";
  canvas.width = innerWidth;
  canvas.height = innerHeight;
  document.body.append(canvas);
  const pieces = Array.from({ length: PIECES }, (_, i) => piece(i % 2 ? 0 : canvas.width, canvas.height * 0.55));
  const start = performance.now();
  let last = start;
  const draw = (now: number) => {
    const age = now - start;
    if (age > LIFE_MS) return canvas.remove();
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.globalAlpha = Math.min(1, (LIFE_MS - age) / 600);
    for (const one of pieces) {
      move(one, Math.min(now - last, 40));
      paint(pen, one);
    }
    last = now;
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
}

function piece(x: number, y: number): Piece {
  const inward = x === 0 ? 1 : -1;
  return {
    x,
    y,
    dx: inward * (0.15 + Math.random() * innerWidth * 0.00075),
    dy: -(0.35 + Math.random() * 0.75),
    turn: Math.random() * 6,
    spin: (Math.random() - 0.5) * 0.02,
    size: 6 + Math.random() * 6,
    colour: COLOURS[Math.floor(Math.random() * COLOURS.length)] ?? "#e9b44c",
    bean: Math.random() < 0.3,
  };
}

function move(one: Piece, ms: number): void {
  one.dy += GRAVITY * ms;
  one.dx *= 0.994;
  one.x += one.dx * ms;
  one.y += one.dy * ms;
  one.turn += one.spin * ms;
}

function paint(pen: CanvasRenderingContext2D, one: Piece): void {
  pen.save();
  pen.translate(one.x, one.y);
  pen.rotate(one.turn);
  pen.fillStyle = one.bean ? "#6b3f22" : one.colour;
  pen.beginPath();
  if (one.bean) pen.ellipse(0, 0, one.size * 0.75, one.size * 0.5, 0, 0, 7);
  else pen.rect(-one.size / 2, -one.size / 3, one.size, one.size * 0.6 * Math.abs(Math.cos(one.turn * 1.7)) + 1);
  pen.fill();
  pen.restore();
}
