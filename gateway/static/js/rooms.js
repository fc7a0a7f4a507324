// The week of the rooms, drawn from the data in the page. The table beneath says the same in words.

const data = JSON.parse(document.getElementById("calendar-data")?.textContent ?? "null");
const place = document.getElementById("calendar");
const two = (number) => String(number).padStart(2, "0");
const day = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const clock = (date) => `${two(date.getHours())}:${two(date.getMinutes())}`;

function part(name, words) {
  return Object.assign(document.createElement("span"), { className: name, textContent: words });
}

function heading(date) {
  const [weekday, written] = data.labels[day(date)] ?? ["", ""];
  return { domNodes: [part("weekday", weekday), part("written", written)] };
}

function block({ event }) {
  const about = event.extendedProps;
  const shown = [part("when", `${clock(event.start)}–${clock(event.end)}`)];
  if (about.state) shown.push(part("state", about.state));
  shown.push(part("what", event.title));
  if (data.view === "week") shown.push(part("room", about.room));
  shown.push(part("who", about.who));
  return { domNodes: shown };
}

function draw() {
  // What is earlier or later than an office's hours makes the day longer, never unseen.
  const hours = data.bookings.flatMap((one) => [one.start, one.end]).map((one) => Number(one.slice(11, 13)));
  const first = Math.min(8, ...hours);
  const last = Math.max(17, ...data.bookings.map((one) => Number(one.end.slice(11, 13)) + (one.end.slice(14, 16) > "00")));
  EventCalendar.create(place, {
    view: data.view === "day" ? "resourceTimeGridDay" : "timeGridWeek",
    date: data.date,
    firstDay: 1,
    hiddenDays: data.weekend || data.view === "day" ? [] : [0, 6],
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    slotMinTime: `${two(first)}:00`,
    slotMaxTime: `${two(last)}:00`,
    slotDuration: "00:30",
    slotHeight: 26,
    slotEventOverlap: false,
    slotLabelInterval: "01:00",
    slotLabelFormat: clock,
    dayHeaderFormat: heading,
    resources: data.rooms,
    events: data.bookings.map((one) => ({
      id: one.id, resourceIds: [one.resourceId], start: one.start, end: one.end, title: one.title,
      extendedProps: { state: one.state, room: one.room, who: one.who, address: one.address },
      classNames: [`room-${one.colour}`, ...(one.state ? ["waits"] : [])],
    })),
    eventContent: block,
    eventDidMount: ({ el }) => el.removeAttribute("tabindex"), // by keyboard, the table's links
    editable: false,
    eventStartEditable: false,
    eventDurationEditable: false,
    eventClick: ({ event }) => location.assign(event.extendedProps.address),
    dateClick: ({ date, resource }) => {
      if (!("mayRequest" in place.dataset) || date < new Date()) return;
      const wanted = new URLSearchParams({ day: day(date), from: clock(date) });
      const room = resource?.id ?? document.getElementById("room").value;
      if (room) wanted.set("room", room);
      location.assign(`${data.request}?${wanted}`);
    },
  });
}

if (data && place) draw();

for (const select of document.querySelectorAll(".calendar-filter select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
