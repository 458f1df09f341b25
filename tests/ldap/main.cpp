// Entry of test_ldap. A real directory server stands in tests/interop/test_ldap.py.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
