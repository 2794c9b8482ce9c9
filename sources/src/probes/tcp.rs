//! Opening a connection.

use tokio::net::TcpStream;

use super::Found;
use super::record::Outcome;

/// Opens a connection, and closes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpCheck {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
}

impl TcpCheck {
    pub(super) async fn attempt(&self) -> Found {
        // Of a name with several addresses, one that answers is enough.
        match TcpStream::connect((self.host.as_str(), self.port)).await {
            Ok(_) => Ok(Outcome::Good),
            Err(error) => Err(format!("{}:{}: {error}", self.host, self.port)),
        }
    }
}
