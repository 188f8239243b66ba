// What the page says, in English and in Georgian. What the portal says too is said in its words.

const MONTHS = {
  ka: ["იანვარი", "თებერვალი", "მარტი", "აპრილი", "მაისი", "ივნისი", "ივლისი", "აგვისტო", "სექტემბერი", "ოქტომბერი", "ნოემბერი", "დეკემბერი"],
  en: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
};

export const WORDS = {
  title: ["Verify a certificate", "სერტიფიკატის შემოწმება"],
  language: ["ქართული", "English"],
  verify: ["Verify", "შემოწმება"],
  another: ["Verify another certificate", "სხვა სერტიფიკატის შემოწმება"],
  address: ["Address on the certificate", "სერტიფიკატზე დაბეჭდილი მისამართი"],
  address_hint: [
    "Scan the QR code, or type the address that is printed beside it.",
    "დაასკანერეთ QR კოდი ან აკრიფეთ მის გვერდით დაბეჭდილი მისამართი.",
  ],
  file_title: ["Or check a PDF file", "ან შეამოწმეთ PDF ფაილი"],
  file_hint: [
    "Drop the file here or choose it. It is not uploaded: your browser computes its fingerprint, and only that is compared with the register.",
    "ჩააგდეთ ფაილი აქ ან აირჩიეთ. ფაილი არ აიტვირთება: ბრაუზერი გამოთვლის მის ციფრულ ანაბეჭდს და რეესტრს მხოლოდ ანაბეჭდი შეუდარდება.",
  ],
  file: ["PDF of the certificate", "სერტიფიკატის PDF"],
  several: ["Check one file at a time.", "შეამოწმეთ თითო ფაილი."],
  checking: ["Checking…", "მოწმდება…"],
  heads: ["Signed heads of the register", "რეესტრის ხელმოწერილი ჩანაწერები"],
  insecure: [
    "This page needs a secure connection (https): without one the browser checks no signatures.",
    "ამ გვერდს დაცული კავშირი (https) სჭირდება: მის გარეშე ბრაუზერი ხელმოწერებს ვერ ამოწმებს.",
  ],
  unreadable: ["Something could not be read. Try it once more.", "წაკითხვა ვერ მოხერხდა. სცადეთ ხელახლა."],

  genuine: ["The certificate is authentic", "სერტიფიკატი ნამდვილია"],
  suspended: ["The certificate is suspended", "სერტიფიკატის მოქმედება შეჩერებულია"],
  superseded: ["The certificate was replaced by a newer one", "სერტიფიკატი ახლით ჩანაცვლდა"],
  expired: ["The certificate is authentic, but has expired", "სერტიფიკატი ნამდვილია, მაგრამ ვადაგასულია"],
  revoked: ["The certificate is revoked", "სერტიფიკატი გაუქმებულია"],
  unknown: ["No such certificate was found", "ასეთი სერტიფიკატი არ მოიძებნა"],
  altered: ["This file was altered", "ეს ფაილი შეცვლილია"],
  foreign: ["This file is not one that the association issued", "ეს ფაილი ასოციაციას არ გაუცია"],
  broken: ["What stands here was altered", "აქ განთავსებული მონაცემები შეცვლილია"],

  issued_on: ["Issued: %(day)s", "გაცემის თარიღი: %(day)s"],
  suspended_since: [
    "Suspended on: %(day)s. Until this is settled, do not rely on it.",
    "შეჩერების თარიღი: %(day)s. საკითხის გარკვევამდე ამ სერტიფიკატს ნუ დაეყრდნობით.",
  ],
  revoked_since: [
    "Revoked on: %(day)s. It must not be relied on.",
    "გაუქმების თარიღი: %(day)s. ამ სერტიფიკატს ძალა აღარ აქვს, ნუ დაეყრდნობით.",
  ],
  superseded_since: [
    "Replaced on: %(day)s. It must not be relied on any more.",
    "ჩანაცვლდა: %(day)s. მას ვეღარ დაეყრდნობით.",
  ],
  expired_since: ["It was valid until: %(day)s.", "მოქმედების ბოლო დღე: %(day)s."],
  successor: ["See the certificate that replaced it: № %(number)s", "ნახეთ სერტიფიკატი, რომელმაც ის ჩაანაცვლა: № %(number)s"],
  file_genuine: [
    "The file is genuine: byte for byte the one that the association issued. What it is worth today stands below.",
    "ფაილი ნამდვილია: ბაიტ-ბაიტ ისეთია, როგორიც ასოციაციამ გასცა. ძალაშია თუ არა ის დღეს, ქვემოთ წერია.",
  ],
  unknown_more: [
    "This address is not on any certificate of this register. Compare it with the paper.",
    "ასეთი მისამართი ამ რეესტრის არცერთ სერტიფიკატზე არ წერია. შეადარეთ ქაღალდს.",
  ],
  altered_more: [
    "It says that it is certificate № %(number)s, but it is not the file that the association issued: something in it was changed, or a program saved it anew. Do not rely on it.",
    "ფაილში წერია, რომ ეს სერტიფიკატია № %(number)s, მაგრამ ასოციაციას ეს ფაილი არ გაუცია: მასში რაღაც შეიცვალა ან პროგრამამ ხელახლა შეინახა. ნუ დაეყრდნობით.",
  ],
  foreign_more: [
    "No file of ours is the same, byte for byte. A certificate that was printed or scanned is checked by its address.",
    "ბაიტ-ბაიტ ასეთი ფაილი ასოციაციას არ გაუცია. დაბეჭდილი ან დასკანერებული სერტიფიკატი მისი მისამართით მოწმდება.",
  ],
  broken_extract: [
    "The extract of the register does not bear a signature of the association. Do not rely on it, and tell whoever runs this page.",
    "რეესტრის ამონაწერს ასოციაციის ხელმოწერა არ ადასტურებს. ნუ დაეყრდნობით და შეატყობინეთ გვერდის მფლობელს.",
  ],
  broken_file: [
    "The file that stands here is not the one in the register. Do not rely on it, and tell whoever runs this page.",
    "აქ განთავსებული ფაილი რეესტრში არსებულს არ ემთხვევა. ნუ დაეყრდნობით და შეატყობინეთ გვერდის მფლობელს.",
  ],
  broken_credential: [
    "The credential or the status list that stands here does not fit the register. Do not rely on it, and tell whoever runs this page.",
    "აქ განთავსებული ელექტრონული მოწმობა ან სტატუსის სია რეესტრს არ ემთხვევა. ნუ დაეყრდნობით და შეატყობინეთ გვერდის მფლობელს.",
  ],
  checked: ["Checked: signature of the extract, file, credential, status list.", "შემოწმდა: ამონაწერის ხელმოწერა, ფაილი, ელექტრონული მოწმობა, სტატუსის სია."],
  as_of: ["As the register stood on: %(day)s", "რეესტრის მდგომარეობა: %(day)s"],
  download: ["Download the file (PDF)", "ფაილის ჩამოტვირთვა (PDF)"],

  printed: ["What is printed on the certificate", "რა წერია სერტიფიკატზე"],
  compare: [
    "Compare it with the paper or file you were given. Every line must be the same.",
    "შეადარეთ ეს მონაცემები წარმოდგენილ ქაღალდს ან ფაილს. ყველა სტრიქონი უნდა ემთხვეოდეს.",
  ],
  number: ["Certificate number", "სერტიფიკატის ნომერი"],
  wording: ["Wording", "ტექსტი"],
  participant: ["Participant", "მონაწილე"],
  municipality: ["Municipality", "მუნიციპალიტეტი"],
  position: ["Position", "თანამდებობა"],
  training: ["Training", "ტრენინგი"],
  dates: ["Dates", "თარიღები"],
  place: ["Place", "ჩატარების ადგილი"],
  contact_hours: ["Contact hours", "საკონტაქტო საათი"],
  independent_hours: ["Independent study hours", "დამოუკიდებელი მუშაობის საათი"],
  credits: ["Credits", "კრედიტი"],
  attendance: ["Attendance", "დასწრება"],
  score: ["Final score", "საბოლოო ქულა"],
  statement: ["Statement", "დამატებითი ტექსტი"],
  trainers: ["Trainers", "ტრენერები"],
  projects: ["Funding project", "პროექტი"],
  date_of_issue: ["Date of issue", "გაცემის თარიღი"],
  valid_until: ["Valid until", "მოქმედების ვადა"],
  no_end: ["No end date", "უვადოდ"],
  signed_by: ["Signed by", "ხელმომწერი"],
  note: ["Note", "შენიშვნა"],
  issued_by: ["Issued by", "გამცემი"],
  in_person: ["In person", "ადგილზე"],
  online: ["Online", "ონლაინ"],
  hybrid: ["Hybrid", "ჰიბრიდული"],
};

export const word = (lang, key, facts = {}) =>
  WORDS[key][lang === "ka" ? 1 : 0].replace(/%\((\w+)\)s/g, (_all, name) => facts[name]);

const joined = (lang, text, year) => (lang === "ka" ? `${text}, ${year}` : `${text} ${year}`);
const month = (lang, day) => MONTHS[lang][Number(day.slice(5, 7)) - 1];
const dayAndMonth = (lang, day) => `${Number(day.slice(8, 10))} ${month(lang, day)}`;

// A day "2026-11-22" in words.
export const date = (lang, day) => joined(lang, dayAndMonth(lang, day), Number(day.slice(0, 4)));

// The day in Georgia (UTC+4, without summer time) of a moment.
export const dayOf = (moment) => new Date(Date.parse(moment) + 4 * 3_600_000).toISOString().slice(0, 10);

function dates(lang, first, last) {
  if (first === last) return date(lang, first);
  if (first.slice(0, 4) !== last.slice(0, 4)) return `${date(lang, first)} – ${date(lang, last)}`;
  if (first.slice(5, 7) !== last.slice(5, 7)) return `${dayAndMonth(lang, first)} – ${date(lang, last)}`;
  return `${Number(first.slice(8, 10))}–${date(lang, last)}`;
}

// Text "12.50" as people write it.
const decimal = (lang, text) => {
  const short = text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  return lang === "ka" ? short.replace(".", ",") : short;
};
const percent = (lang, value) => (value === null ? "" : `${value}${lang === "ka" ? "\u00a0" : ""}%`);

// Every printed fact with its label, in the order of the paper, as the portal shows them; those that say nothing are left out.
export function printed(lang, record) {
  const said = (pair) => (lang === "ka" ? pair.ka || pair.en : pair.en || pair.ka);
  const both = (parts, between = " · ") => parts.filter(Boolean).join(between);
  const texts = { heading: "", sentence: "", statement: "", note: "" };
  for (const name of Object.keys(texts)) texts[name] = record.texts ? said(record.texts[name]) : "";
  const rows = [
    ["number", record.number],
    ["wording", both([texts.heading, texts.sentence])],
    ["participant", both([record.name.ka, record.name.latin])],
    ["municipality", said(record.municipality)],
    ["position", said(record.post)],
    ["training", said(record.course_title)],
    ["dates", dates(lang, record.first_day, record.last_day)],
    ["place", both([said(record.place), word(lang, record.form)])],
    ["contact_hours", decimal(lang, record.contact_hours)],
    ["independent_hours", Number(record.independent_hours) ? decimal(lang, record.independent_hours) : ""],
    ["credits", record.credits === null ? "" : decimal(lang, record.credits)],
    ["attendance", percent(lang, record.attendance_percent)],
    ["score", percent(lang, record.score_percent)],
    ["statement", texts.statement],
    ["trainers", record.trainers.map(said).join(", ")],
    ["projects", record.projects.map(said).join(", ")],
    ["date_of_issue", date(lang, record.issued_on)],
    ["valid_until", record.valid_until ? date(lang, record.valid_until) : word(lang, "no_end")],
    ["signed_by", record.signatories.map(({ name, post }) => both([said(name), said(post)], ", ")).join("; ")],
    ["note", texts.note],
    ["issued_by", said(record.issuer)],
  ];
  return rows.filter(([, value]) => value).map(([key, value]) => [word(lang, key), value]);
}
