//! HTTP messages read off a connection, byte for byte.

use tokio::io::{AsyncRead, AsyncReadExt};

/// A request or an answer whose body has a `Content-Length`.
pub(crate) struct Message {
    /// All of it, as it came.
    pub(crate) bytes: Vec<u8>,
    head_end: usize,
}

impl Message {
    /// The next message; `None` when the other side has closed.
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Self> {
        let mut bytes = Vec::new();
        loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                let message = Self { bytes, head_end: end };
                let length = message.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
                if message.bytes.len() >= end + 4 + length {
                    return Some(message);
                }
                bytes = message.bytes;
            }
            let mut buffer = [0; 16 * 1024];
            match stream.read(&mut buffer).await.ok()? {
                0 => return None,
                read => bytes.extend_from_slice(&buffer[..read]),
            }
        }
    }

    /// First line and header lines.
    pub(crate) fn head(&self) -> String {
        String::from_utf8_lossy(&self.bytes[..self.head_end]).into_owned()
    }

    /// Method and target of a request.
    pub(crate) fn request_line(&self) -> (String, String) {
        let head = self.head();
        let mut words = head.split(' ').map(str::to_owned);
        (words.next().unwrap_or_default(), words.next().unwrap_or_default())
    }

    /// The value of a header, by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let is_named = |line: &str| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        };
        self.head().lines().skip(1).find_map(is_named)
    }

    /// The body.
    pub(crate) fn body(&self) -> &[u8] {
        &self.bytes[self.head_end + 4..]
    }
}
