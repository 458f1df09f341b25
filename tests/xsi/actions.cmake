# The tests of proto/xsi's service documents and of Xsi-Actions; included by tests/CMakeLists.txt.
set(http_tests ${CMAKE_CURRENT_LIST_DIR}/../http)
add_executable(test_xsi_documents ${CMAKE_CURRENT_LIST_DIR}/../proto/xsi_documents_test.cpp)
target_link_libraries(test_xsi_documents PRIVATE lamp_proto_xsi lamp_options lamp_test_main)
add_test(NAME xsi_documents COMMAND test_xsi_documents)

add_executable(test_actions ${CMAKE_CURRENT_LIST_DIR}/actions_test.cpp
  ${http_tests}/scripted_server.cpp ${http_tests}/certificates.cpp)
target_include_directories(test_actions PRIVATE ${http_tests})
target_link_libraries(test_actions PRIVATE lamp_xsi lamp_options lamp_test_main)
add_test(NAME actions COMMAND test_actions)
set_tests_properties(xsi_documents actions PROPERTIES TIMEOUT 60)
