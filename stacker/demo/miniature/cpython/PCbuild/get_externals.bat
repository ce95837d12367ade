@echo off
setlocal
rem Fetches what the build links with but does not carry in its own tree.

if "%PCBUILD%"=="" (set PCBUILD=%~dp0)
if "%EXTERNALS_DIR%"=="" (set EXTERNALS_DIR=%PCBUILD%\..\externals)

set DO_FETCH=true
set DO_CLEAN=false
if "%~1"=="--clean-only" set DO_FETCH=false
if "%~1"=="--clean" set DO_CLEAN=true

rem Sources, from cpython-source-deps.
set libraries=
set libraries=%libraries% bzip2-1.0.6
set libraries=%libraries% sqlite-3.21.0.0
set libraries=%libraries% xz-5.2.2

rem Binaries, from cpython-bin-deps.
set binaries=
set binaries=%binaries% openssl-bin-1.1.0j
set binaries=%binaries% tcltk-8.6.9.0

if "%DO_CLEAN%"=="true" rmdir /s /q "%EXTERNALS_DIR%"
if "%DO_FETCH%"=="false" goto end

for %%e in (%libraries%) do call :fetch cpython-source-deps %%e
for %%e in (%binaries%) do call :fetch cpython-bin-deps %%e
goto end

:fetch
if exist "%EXTERNALS_DIR%\%2" exit /b 0
echo Fetching %2 from %1
exit /b 0

:end
echo Finished.
