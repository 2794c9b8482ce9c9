//! `tawny mock-service`

use super::{Exit, output};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    options: mock_service::Options,
}

pub(super) async fn run(arguments: Arguments) -> Exit {
    match mock_service::run(arguments.options, crate::shutdown::signal()).await {
        Ok(ended) => Exit::Other(ended.exit_code()),
        Err(error) => {
            output::failed(&error);
            Exit::Usage
        }
    }
}
