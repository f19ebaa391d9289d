// The form of an attempt: it saves itself, keeps a copy on the device, takes evidence without a network, and records.
// Every part works without it, by plain forms.
import "./attempt/draft.js";
import "./attempt/order.js";
import "./attempt/recorder.js";
import "./attempt/waiting.js";
