use super::Browser;
use serde_json::{Value, json};

/// What a tab holds after everything that nobody needs was thrown away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Bytes of JavaScript's heap that are in use.
    pub heap: u64,
    /// Bytes of the wasm's memory; it never shrinks.
    pub wasm: u64,
    /// Nodes of documents, those that only a script still holds among them.
    pub nodes: u64,
    /// Listeners.
    pub listeners: u64,
}

impl Browser {
    /// Gives a command to the browser's developer tools and answers what they say.
    #[track_caller]
    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        let asked = json!({"cmd": command, "params": parameters});
        self.in_session("POST", "/goog/cdp/execute", &asked)
    }

    /// Makes the window so large, in the page's own pixels, whatever the screen is.
    #[track_caller]
    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Takes the page's network away, or gives it back.
    #[track_caller]
    pub fn connect(&self, connected: bool) {
        self.devtools("Network.enable", &json!({}));
        let conditions = json!({
            "offline": !connected, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        self.devtools("Network.emulateNetworkConditions", &conditions);
    }

    /// Runs a script in every page that is opened from now on, before the page's own.
    #[track_caller]
    pub fn run_in_every_page(&self, script: &str) {
        let source = json!({"source": script});
        self.devtools("Page.addScriptToEvaluateOnNewDocument", &source);
    }

    /// Throws away what nobody needs and answers what is left.
    #[track_caller]
    pub fn memory(&self) -> Memory {
        self.devtools("Performance.enable", &json!({}));
        // The browser's own list of what was fetched, which is full at 250 and then stays as it is.
        self.run("performance.clearResourceTimings()");
        // What the first round lets go of may hold something that only the second finds.
        for _ in 0..2 {
            self.devtools("HeapProfiler.collectGarbage", &json!({}));
        }
        let answer = self.devtools("Performance.getMetrics", &json!({}));
        let metrics = answer["metrics"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let metric = |name: &str| {
            let found = metrics.iter().find(|metric| metric["name"] == *name);
            // They are whole numbers, written as fractions.
            found
                .and_then(|metric| metric["value"].as_f64())
                .map_or(0, |value| value as u64)
        };
        Memory {
            heap: metric("JSHeapUsedSize"),
            // The parts of the page share one memory.
            wasm: self.run("return quaylightMemory()").as_u64().unwrap_or(0),
            nodes: metric("Nodes"),
            listeners: metric("JSEventListeners"),
        }
    }
}
