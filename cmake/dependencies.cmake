# What the house is built on: all Debian 12 packages (see ./lamp for their names).
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(LibXml2 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED) # mails only
find_package(fmt REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(doctest REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS headers json url)

# OpenLDAP's client library; Debian's speaks TLS with GnuTLS.
find_library(LDAP_LIBRARY ldap REQUIRED)
find_library(LBER_LIBRARY lber REQUIRED)
add_library(lamp_libldap INTERFACE)
target_link_libraries(lamp_libldap INTERFACE ${LDAP_LIBRARY} ${LBER_LIBRARY})

# Asio and Beast are compiled once, here; every other file sees declarations only.
add_library(lamp_asio STATIC ${CMAKE_CURRENT_LIST_DIR}/asio.cpp)
target_compile_definitions(lamp_asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_COROUTINE)
target_link_libraries(lamp_asio PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
# Third-party headers are not ours to mend: no warnings from them.
target_include_directories(lamp_asio SYSTEM PUBLIC $<TARGET_PROPERTY:Boost::headers,INTERFACE_INCLUDE_DIRECTORIES>)

# libphonenumber: its development package conflicts with Boost 1.81's, so `./lamp` unpacks its headers and those of
# Abseil, which they include, into build/deps; the library itself is the packaged one.
set(LAMP_PHONENUMBER_INCLUDE ${CMAKE_SOURCE_DIR}/build/deps/usr/include CACHE PATH
  "folder that holds phonenumbers/ and absl/")
find_library(PHONENUMBER_LIBRARY NAMES libphonenumber.so.8 libphonenumber.so)
find_package(Protobuf)
if(NOT EXISTS ${LAMP_PHONENUMBER_INCLUDE}/phonenumbers/phonenumberutil.h OR NOT PHONENUMBER_LIBRARY
    OR NOT Protobuf_FOUND)
  message(FATAL_ERROR "libphonenumber, its headers in ${LAMP_PHONENUMBER_INCLUDE} or protobuf is missing: "
    "./lamp setup (or ./lamp build) fetches all three.")
endif()
add_library(lamp_phonenumber INTERFACE)
target_include_directories(lamp_phonenumber SYSTEM INTERFACE ${LAMP_PHONENUMBER_INCLUDE} ${Protobuf_INCLUDE_DIRS})
target_link_libraries(lamp_phonenumber INTERFACE ${PHONENUMBER_LIBRARY} ${Protobuf_LIBRARIES})
# Who compares names only does not load it.
target_link_options(lamp_phonenumber INTERFACE LINKER:--as-needed)
