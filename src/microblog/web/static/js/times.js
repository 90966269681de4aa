// Turns times in UTC into the reader's own zone, and those of posts into relative words.
const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60]];
const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const whole = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short' });
const moment_here = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const long_day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
const zone = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });
const A_WEEK = 7 * 86400;

const said = (moment) => {
  const seconds = (moment - Date.now()) / 1000;
  if (Math.abs(seconds) < 60) return 'just now';
  if (Math.abs(seconds) >= A_WEEK) return day.format(moment);
  const [unit, length] = UNITS.find(([, long]) => Math.abs(seconds) >= long);
  return words.format(Math.trunc(seconds / length), unit);
};

const show = () => {
  for (const time of document.querySelectorAll('time.ago')) {
    const moment = new Date(time.dateTime);
    time.textContent = said(moment);
    time.title = whole.format(moment);
  }
};

const turn = (name, format) => {
  for (const time of document.querySelectorAll(`time.${name}`)) {
    const moment = new Date(time.dateTime);
    time.textContent = format.format(moment);
    time.title = zone.format(moment);
  }
};

turn('zoned', moment_here);
turn('zoned-day', long_day);
show();
setInterval(show, 60000);
