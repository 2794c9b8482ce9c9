//! The analyst before a server that is as strict as OpenAI's, and a model that a test plays.

mod scene;

mod awry;
mod bounds;
mod hostile;
mod investigates;
mod played;
mod servers;
mod tried;
mod writes;
