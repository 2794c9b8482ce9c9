//! Over standard input and output, for one caller: a client on this machine that began this process.

use crate::caller::Caller;
use crate::server::{Server, Surface};
use crate::world::World;
use rmcp::service::ServiceExt;

/// Answers until the client closes its end. Beside no server nobody can be asked, so there are only tools that read.
///
/// # Errors
/// The client does not speak the protocol, or the connection broke.
pub async fn serve(world: World, caller: Caller) -> Result<(), String> {
    let server = Server::for_caller(world, Surface::ReadOnly, caller);
    let serving = server.serve(rmcp::transport::stdio()).await;
    let serving = serving.map_err(|error| error.to_string())?;
    let ended = serving.waiting().await;
    ended.map(drop).map_err(|error| error.to_string())
}
