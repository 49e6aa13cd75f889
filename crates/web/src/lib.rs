//! HTTP: authority, registration, graph, app protection and sign-in pages.

pub mod pages;
