# The Debian package `lamplighter`: `cpack -G DEB` in the build folder, or ./lamp package. What it holds is installed by
# the component below and nothing else is; the simulator has no install rule.
set(LAMP_MAINTAINER "Lamplighter developers <lamplighter@lamplighter.example>")
find_program(GZIP gzip REQUIRED)
string(TIMESTAMP LAMP_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH counts
set(made ${CMAKE_CURRENT_BINARY_DIR}/packaging)
configure_file(packaging/changelog.in ${made}/changelog @ONLY)
configure_file(packaging/lamplighter.8.in ${made}/lamplighter.8.made @ONLY)
# The manual's commands and the shell's are those of the program's own table.
add_custom_command(OUTPUT ${made}/lamplighter.bash COMMAND lamplighter completion bash > ${made}/lamplighter.bash
  DEPENDS lamplighter)
add_custom_command(OUTPUT ${made}/commands.8 COMMAND lamplighter manual > ${made}/commands.8 DEPENDS lamplighter)
add_custom_command(OUTPUT ${made}/lamplighter.8.gz
  COMMAND sed -e "/^... COMMANDS/r ${made}/commands.8" ${made}/lamplighter.8.made > ${made}/lamplighter.8
  COMMAND ${GZIP} -9nkf ${made}/lamplighter.8
  DEPENDS ${made}/lamplighter.8.made ${made}/commands.8)
add_custom_command(OUTPUT ${made}/changelog.gz
  COMMAND ${GZIP} -9nkf ${made}/changelog DEPENDS ${made}/changelog VERBATIM)
add_custom_target(package_pages ALL
  DEPENDS ${made}/changelog.gz ${made}/lamplighter.8.gz ${made}/lamplighter.bash)

include(GNUInstallDirs)
install(TARGETS lamplighter RUNTIME DESTINATION bin)
install(FILES ${made}/lamplighter.8.gz DESTINATION share/man/man8)
install(FILES ${made}/changelog.gz packaging/copyright README.md CHANGELOG.md DESTINATION share/doc/lamplighter)
install(FILES config/README.md DESTINATION share/doc/lamplighter RENAME configuration.md)
install(FILES systemd/README.md DESTINATION share/doc/lamplighter RENAME systemd.md)
install(FILES packaging/lintian-overrides DESTINATION share/lintian/overrides RENAME lamplighter)
install(FILES config/house.toml systemd/tenants.conf DESTINATION share/doc/lamplighter)
install(FILES ${made}/lamplighter.bash DESTINATION share/bash-completion/completions RENAME lamplighter)
install(FILES packaging/prometheus/lamplighter.rules.yml DESTINATION share/lamplighter/prometheus)
install(FILES packaging/grafana/lamplighter.json DESTINATION share/lamplighter/grafana)
install(FILES systemd/lamplighter.service DESTINATION /lib/systemd/system)
install(FILES config/lamplighter.toml DESTINATION /etc/lamplighter)
# Only root reads secrets; systemd hands them on as credentials.
install(DIRECTORY DESTINATION /etc/lamplighter/secrets DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lamplighter)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "${LAMP_MAINTAINER}")
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON) # some of it lives outside /usr
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
  WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION comm)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "https://lamplighter.example/")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, tzdata")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "call state and presence of hosted telephony")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
  "Lamplighter follows the calls of everybody whose telephony is hosted on
BroadWorks, merges them with do not disturb and presence by fixed rules, and
tells the result: a live board, an HTTP API with server-sent events, metrics,
a command line. It is a service without a screen and works while no PC runs.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/packaging/conffiles"
  "${CMAKE_SOURCE_DIR}/packaging/postinst" "${CMAKE_SOURCE_DIR}/packaging/prerm" "${CMAKE_SOURCE_DIR}/packaging/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
include(CPack)
