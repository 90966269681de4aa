// Turns times in UTC into relative words, and into the reader's own zone for whoever points at them.
const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60]];
const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const whole = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short' });
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

show();
setInterval(show, 60000);
