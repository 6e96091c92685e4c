//! What tokens cost inside the process, with few of them and with a million: their check, and their life.

mod check;
mod filled;
mod life;

fn main() -> Result<(), filled::Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    check::print(&runtime)?;
    life::print(&runtime)
}
