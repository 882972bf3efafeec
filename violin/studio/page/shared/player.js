// Plays the sound that the server made of a phrase: tempo with the pitch kept, a loop of bars, a count-in.
//
//   const player = new Player({ onlight, onstep, onstate, onseconds, oncount });
//   await player.load("api/…/sound.wav", view);
//   player.tempo = 0.5; player.loop = [4, 5]; player.countIn = true; player.toggle();
//
// Times are seconds of the phrase at its own tempo. `onstate` says "counting", "playing" or "stopped".

import { StudioError } from "./api.js";

const CLICK_SECONDS = 0.04;

export class Player {
  constructor(callbacks = {}) {
    this.call = (name, ...values) => callbacks[name]?.(...values);
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.audio.preservesPitch = true;
    this.audio.addEventListener("ended", () => this.#ended());
    this.loop = null;
    this.countIn = false;
    this.state = "stopped";
    this.view = null;
    this.startAt = 0;
    this.speed = 1;
  }

  // Resolves with true when enough is loaded to play, with false if another sound has replaced it.
  load(url, view) {
    this.stop();
    this.loading?.(false);
    this.view = view;
    this.startAt = 0;
    this.audio.src = url;
    this.#keepTempo();
    return new Promise((resolve, reject) => {
      const listening = new AbortController();
      const { signal } = listening;
      this.loading = (isLoaded) => {
        listening.abort();
        resolve(isLoaded);
      };
      this.audio.addEventListener("canplay", () => this.loading(true), { signal });
      this.audio.addEventListener("error", () => {
        listening.abort();
        reject(new StudioError("the sound cannot be loaded"));
      }, { signal });
    });
  }

  get tempo() {
    return this.speed;
  }

  set tempo(share) {
    this.speed = Math.min(Math.max(share, 0.25), 2);
    this.#keepTempo();
  }

  // From the beginning of the loop, or where the player was left.
  async play() {
    if (!this.view || this.state !== "stopped") return;
    const [start, end] = this.#span();
    if (this.startAt < start || this.startAt >= end - 0.05) this.startAt = start;
    this.audio.currentTime = this.startAt;
    if (this.countIn) {
      this.#become("counting");
      if (!(await this.#count())) return;
    }
    this.#become("playing");
    try {
      await this.audio.play();
      this.#frame();
    } catch (error) {
      if (this.state === "playing") this.stop();
      if (error.name !== "AbortError") throw error;
    }
  }

  // Stops and goes back to the beginning.
  stop() {
    this.#halt();
    this.startAt = 0;
  }

  // Stops; `play` continues from here.
  pause() {
    const here = this.audio.currentTime;
    this.#halt();
    this.startAt = here;
  }

  toggle() {
    return this.state === "stopped" ? this.play() : this.pause();
  }

  seek(seconds) {
    this.startAt = seconds;
    if (this.state === "playing") this.audio.currentTime = seconds;
  }

  #keepTempo() {
    this.audio.defaultPlaybackRate = this.speed;
    this.audio.playbackRate = this.speed;
  }

  #span() {
    if (!this.loop) return [0, this.view.seconds];
    const [first, last] = this.loop;
    return [(first - 1) * this.view.bar_seconds, last * this.view.bar_seconds];
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.call("onstate", state);
  }

  #halt() {
    this.clicks?.close();
    this.clicks = null;
    this.audio.pause();
    this.#become("stopped");
    this.call("onlight", []);
    this.call("onseconds", null);
  }

  // One bar of clicks, the first one higher. False if it was stopped meanwhile.
  async #count() {
    const beats = Number.parseInt(this.view.meter, 10) || 4;
    const beatSeconds = this.view.bar_seconds / beats / this.speed;
    const clicks = new AudioContext();
    this.clicks = clicks;
    const start = clicks.currentTime + 0.05;
    for (let beat = 0; beat < beats; beat += 1) click(clicks, start + beat * beatSeconds, beat === 0);
    for (let beat = 0; beat < beats; beat += 1) {
      this.call("oncount", beat + 1, beats);
      await pause(beatSeconds);
      if (this.clicks !== clicks) return false;
    }
    clicks.close();
    this.clicks = null;
    return true;
  }

  #frame() {
    if (this.state !== "playing") return;
    const [start, end] = this.#span();
    let now = this.audio.currentTime;
    if (this.loop && (now >= end || now < start - 0.05)) {
      now = start;
      this.audio.currentTime = start;
    }
    this.#tell(now);
    requestAnimationFrame(() => this.#frame());
  }

  #tell(now) {
    const sounding = this.view.notes.filter((note) => note.onset <= now && now < note.end);
    this.call("onlight", sounding.map((note) => note.id));
    this.call("onseconds", Math.min(now, this.view.seconds));
    const steps = this.view.steps ?? [];
    let step = null;
    for (let index = 0; index < steps.length && steps[index].onset <= now + 1e-3; index += 1) step = index;
    this.call("onstep", step);
  }

  #ended() {
    if (!this.loop) return this.stop();
    this.audio.currentTime = this.#span()[0];
    return this.audio.play();
  }
}

function click(context, time, isFirst) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = isFirst ? 1600 : 1100;
  volume.gain.setValueAtTime(0.3, time);
  volume.gain.exponentialRampToValueAtTime(0.001, time + CLICK_SECONDS);
  tone.connect(volume).connect(context.destination);
  tone.start(time);
  tone.stop(time + CLICK_SECONDS);
}

function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
