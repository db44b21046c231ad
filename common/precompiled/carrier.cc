// Carries a precompiled header (see CMakeLists.txt); holds no code.
