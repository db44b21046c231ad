// Carries the precompiled header of gRPC (see CMakeLists.txt); holds no code.
