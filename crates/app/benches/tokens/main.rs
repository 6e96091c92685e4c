//! What tokens cost inside the process, with few of them and with a million: their check, their life, and
//! what the time of an answer tells of one that somebody found.

mod check;
mod filled;
mod found;
mod life;

/// The one of the program that is shipped.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), filled::Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    check::print(&runtime)?;
    life::print(&runtime)?;
    found::print(&runtime)
}
