//! Drives a real runner over its real protocol: real bubblewrap, real git, and a small server that
//! hands out work and remembers what it is told.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod collecting;
#[cfg(test)]
mod containment;
#[cfg(test)]
mod ending;
#[cfg(test)]
mod given;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod repository;
#[cfg(test)]
mod steps;
