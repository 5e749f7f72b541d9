//! How a party bargains.
