package store

// HomeSetting is the setting that says where the database was last used. One that is
// elsewhere has been restored from a copy, or moved.
const HomeSetting = "home"
