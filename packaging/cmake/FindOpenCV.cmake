# SPDX-License-Identifier: GPL-3.0-or-later
# Debian puts OpenCV's CMake files into libopencv-dev, which pulls in hundreds of packages; core and imgproc alone are
# found by their headers and libraries.
find_package(OpenCV CONFIG QUIET COMPONENTS core imgproc)
if(NOT OpenCV_FOUND)
    find_path(OpenCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4)
    find_library(OpenCV_core_LIBRARY opencv_core)
    find_library(OpenCV_imgproc_LIBRARY opencv_imgproc)
    include(FindPackageHandleStandardArgs)
    find_package_handle_standard_args(OpenCV REQUIRED_VARS OpenCV_core_LIBRARY OpenCV_imgproc_LIBRARY OpenCV_INCLUDE_DIR)
    if(OpenCV_FOUND)
        foreach(component core imgproc)
            if(NOT TARGET opencv_${component})
                add_library(opencv_${component} UNKNOWN IMPORTED)
                set_target_properties(opencv_${component} PROPERTIES
                    IMPORTED_LOCATION "${OpenCV_${component}_LIBRARY}"
                    INTERFACE_INCLUDE_DIRECTORIES "${OpenCV_INCLUDE_DIR}")
            endif()
        endforeach()
        target_link_libraries(opencv_imgproc INTERFACE opencv_core)
    endif()
endif()
