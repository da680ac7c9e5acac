import "./styles/ground.css";
import "./styles/frame.css";
import "./styles/hero.css";
import "./styles/controls.css";
import "./styles/badges.css";
import "./styles/progress.css";
import "./styles/board.css";
import "./styles/giving.css";
import "./styles/till.css";
import "./styles/notices.css";

import { render } from "preact";
import { App } from "./app";

const place = document.getElementById("screen");
if (place) render(<App />, place);
